import time, uuid
from pathlib import Path
from traceapp.confidential.keys import load_keys
from traceapp.confidential.sealer import DictionarySealer
from traceapp.dictionary.properties import read_dictionary
from traceapp.dictionary.organisation import read_organisation
from traceapp.domain.clock import SystemClock
from traceapp.domain.events import *
from traceapp.graph.event_store import EventStore
from traceapp.intake.files import read_file
from traceapp.demo.plant import write_demo
from collections import Counter

def test_x(store, home, tmp_path):
    f = write_demo(tmp_path/'d')
    org = read_organisation(f.organisation)
    sealer = DictionarySealer(load_keys(home), read_dictionary(), org.name)
    es = EventStore(store)
    start=time.time(); out=Counter()
    for p in f.files:
        t=time.time(); ev=[e for e in read_file(p,'DEMO',org)]
        assert not [e for e in ev if isinstance(e,RejectedRow)], ev[:3]
        for i in range(0,len(ev),500):
            out.update(es.append(ev[i:i+500], sealer, uuid.uuid4().hex, SystemClock().now()))
        print(p.name, len(ev), round(time.time()-t,2))
    print(out, time.time()-start)
    assert 0
