#!/bin/sh
# Make .venv with the best Python of this machine and install one requirements file into it.
#   tools/venv.sh requirements.txt
# Does nothing when that was done before; PYTHON=... chooses another Python.
set -eu
requirements=$1
venv=.venv

say() { printf '%s\n' "$*" >&2; }
die() { say "movie-club: $*"; exit 2; }
version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

# A name on PATH may be a shim that fails, so each candidate is run before it is trusted.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        version_of "$PYTHON" >/dev/null || die "PYTHON=$PYTHON does not run; name a Python 3.12 or 3.13."
        echo "$PYTHON"
        return
    fi
    for candidate in python3.13 python3.12 python3; do
        if version_of "$candidate" >/dev/null; then
            echo "$candidate"
            return
        fi
    done
    die "no Python was found; install Python 3.13 or 3.12 and run this again."
}

python=$(find_python)
version=$(version_of "$python")
case $version in
    3.12 | 3.13) ;;
    2.* | 3.[0-9] | 3.10)
        die "$python is Python $version, which is too old; install Python 3.13 or 3.12 and run this again." ;;
    *)
        # No wheels of LightFM for these: it is built from source.
        command -v "${CC:-cc}" >/dev/null 2>&1 || command -v gcc >/dev/null 2>&1 ||
            die "$python is Python $version, which needs a C compiler here; install one (for example the package build-essential) or Python 3.13 or 3.12, and run this again." ;;
esac

# The key says what was installed with what; a half-done install leaves no key behind.
key="$version $(cat requirements.txt "$requirements" | cksum)"
stamp=$venv/$(basename "$requirements").installed
if [ -x $venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$key" ]; then
    exit 0
fi
if [ "$(version_of $venv/bin/python || true)" != "$version" ]; then
    say "Making .venv with Python $version ..."
    rm -rf $venv
    "$python" -m venv $venv ||
        die "Python's venv module does not work; on Debian and Ubuntu install the package python$version-venv."
fi
say "Installing $requirements (a minute or two, once) ..."
$venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements" ||
    die "the installation failed; the lines above say why. Check the network and run this again."
echo "$key" >"$stamp"
