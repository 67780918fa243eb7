from traceapp.cli import main

main()
