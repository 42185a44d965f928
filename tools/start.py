"""Set the app up in .venv with the best Python of this machine, and serve it: also without make.

    python3 tools/start.py                               on Windows: py tools\\start.py
    python3 tools/start.py --port 8600
    python3 tools/start.py --only requirements-dev.txt   install those, and serve nothing

What was done before is not done again. $PYTHON names another Python. Says what is missing before
anything is downloaded. Runs on every Python from 3.6.
"""

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
INSIDE = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
WANTED = ((3, 13), (3, 12))  # which LightFM has wheels for
OLDEST = (3, 11)
# Systems that LightFM has wheels for; elsewhere a C compiler builds it.
WHEELS = {("Linux", "x86_64"), ("Darwin", "x86_64"), ("Darwin", "arm64")}
INSTALL = "install Python 3.13 or 3.12 and run this again."
BUILD_TOOLS = Path(r"C:\Program Files (x86)\Microsoft Visual Studio\Installer\vswhere.exe")


def fail(text):
    """Say what is wrong and what to do, and end."""
    print("movie-club: " + text, file=sys.stderr)
    sys.exit(2)


def version_of(command):
    """Return major and minor version of a Python; None if it does not run, as some shims do not."""
    ask = [*command, "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        told = subprocess.run(ask, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        major, minor = told.stdout.split()
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    return int(major), int(minor)


def find_python():
    """Return the command of the Python to take, and its version."""
    named = os.environ.get("PYTHON")
    if named:
        version = version_of([named])
        if version is None:
            fail(f"PYTHON={named} does not run; name a Python 3.13 or 3.12.")
        return [named], version
    for major, minor in WANTED:
        number = f"{major}.{minor}"
        for command in (["python" + number], ["py", "-" + number]):
            if version_of(command) == (major, minor):
                return command, (major, minor)
    return [sys.executable], tuple(sys.version_info[:2])


def check(version):
    """End with a sentence if LightFM can neither be installed nor built here."""
    number = "{}.{}".format(*version)
    if version < OLDEST:
        fail(f"Python {number} is too old; {INSTALL}")
    system = platform.system(), platform.machine()
    if version in WANTED and system in WHEELS:
        return
    compiler = os.environ.get("CC", "cc"), "gcc", "cl"
    if any(shutil.which(name) for name in compiler) or (WINDOWS and BUILD_TOOLS.exists()):
        return
    if WINDOWS:
        fail(
            "on Windows LightFM has to be built, which needs Visual Studio's Build Tools with "
            "C++; install them and run this again, or use Docker or WSL (docs/running.md)."
        )
    ways = "" if version in WANTED else " or Python 3.13 or 3.12"
    fail(
        "Python {} on {} needs a C compiler here; install one (for example the package "
        "build-essential){}, and run this again.".format(number, " ".join(system), ways)
    )


def make_venv(command, version):
    """Make .venv with that Python, unless it is one already; uv may bring a better one."""
    if version_of([str(INSIDE)]) == version:
        return
    print("Making .venv with Python {}.{} ...".format(*version), file=sys.stderr)
    shutil.rmtree(str(VENV), ignore_errors=True)
    if subprocess.call([*command, "-m", "venv", str(VENV)]):
        package = "python{}.{}-venv".format(*version)
        fail("Python's venv does not work; on Debian and Ubuntu install " + package + ".")


def set_up(requirements):
    """Install a requirements file into .venv; an install that was broken off leaves no stamp."""
    command, version = find_python()
    if version not in WANTED and not os.environ.get("PYTHON") and shutil.which("uv"):
        found = subprocess.run(["uv", "python", "install", "3.13"], check=False)
        where = ["uv", "python", "find", "3.13"]
        if not found.returncode:
            command = [subprocess.check_output(where).decode().strip()]
            version = (3, 13)
    files = [ROOT / "requirements.txt", ROOT / requirements]
    key = str(version) + hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()
    stamp = VENV / (requirements + ".installed")
    if INSIDE.exists() and stamp.exists() and stamp.read_text() == key:
        return
    check(version)
    make_venv(command, version)
    print(f"Installing {requirements} (a minute or two, once) ...", file=sys.stderr)
    pip = [str(INSIDE), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # Python compiles what is imported; compiling all of it takes longer than the rest of the way.
    if subprocess.call([*pip, "--no-compile", "-r", str(ROOT / requirements)]):
        fail("the installation failed; the lines above say why. Check the network, run this again.")
    stamp.write_text(key)


def main():
    """Set up, and serve unless told otherwise."""
    parser = argparse.ArgumentParser(description="Set the movie club up in .venv and serve it.")
    parser.add_argument("--only", metavar="FILE", help="a requirements file; nothing is served")
    parser.add_argument("--port", default="8501")
    options = parser.parse_args()
    set_up(options.only or "requirements.txt")
    if options.only:
        return 0
    print(f"Movie club: http://localhost:{options.port}   (Ctrl+C stops it)")
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # faster on small matrices than many
    serve = ["-m", "streamlit", "run", "app.py", "--server.port", options.port]
    try:
        return subprocess.call([str(INSIDE), *serve], cwd=str(ROOT))
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
