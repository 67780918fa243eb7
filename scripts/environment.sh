# Sourced by scripts/run, scripts/test and scripts/bench: finds Python, makes .venv, installs what the lock file names.
# prepare_environment run|test   afterwards $PYTHON is the environment's interpreter.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

find_python() {
    local candidate
    for candidate in "${TRACEAPP_PYTHON:-}" python3.11 python3.12 python3.13 python3.14 python3 python; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 \
            && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    echo "traceapp needs Python 3.11 or newer and found none. Install it (Debian: apt-get install python3 python3-venv) and run this again." >&2
    return 1
}

prepare_environment() {
    local lock="$ROOT/requirements/$1.lock" venv="${TRACEAPP_VENV:-$ROOT/.venv}" python wanted stamp step
    PYTHON="$venv/bin/python"
    stamp="$venv/.traceapp-$1"
    wanted="$(cat "$lock" "$ROOT/pyproject.toml" | cksum) $ROOT"
    if [ -x "$PYTHON" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
        return 0
    fi
    python="$(find_python)" || return 1
    if [ ! -x "$PYTHON" ]; then
        echo "[1/3] virtual environment in $venv ($("$python" --version))" >&2
        "$python" -m venv "$venv" || {
            echo "The virtual environment could not be made. On Debian: apt-get install python3-venv, then run this again." >&2
            return 1
        }
    fi
    echo "[2/3] installing the packages of requirements/$1.lock (the first time about a minute)" >&2
    "$PYTHON" -m pip install --disable-pip-version-check --quiet --require-hashes -r "$lock" || {
        echo "A package could not be installed; the reason stands above. Without network, bring a wheelhouse: pip's --find-links (PIP_FIND_LINKS) is honoured." >&2
        return 1
    }
    echo "[3/3] installing traceapp itself" >&2
    "$PYTHON" -m pip install --disable-pip-version-check --quiet --no-deps --editable "$ROOT" || return 1
    echo "$wanted" >"$stamp"
}
