"""What a Neo4j server needs to run here: its jars from Maven Central, kept in a cache, and a Java of the right release."""

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"


@dataclass(frozen=True)
class Line:
    """A release line: the pinned version, the Java releases that run it, the jars it has (for the progress)."""

    version: str
    javas: tuple[int, ...]
    jars: int


LINES = {"5.26": Line("5.26.30", (17, 21), 213), "2026": Line("2026.08.1", (21, 25), 220)}

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>traceapp</groupId><artifactId>neo4j-server</artifactId><version>1</version><packaging>pom</packaging><dependencies>
<dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{version}</version></dependency>
<dependency><groupId>org.neo4j.app</groupId><artifactId>neo4j-server</artifactId><version>{version}</version></dependency>
</dependencies></project>
"""


class Failure(Exception):  # noqa: N818  it is a sentence, not a defect
    """One sentence for the person at the terminal."""


def say(text: str, end: str = "\n") -> None:
    print(text, file=sys.stderr, end=end, flush=True)


def fetch(line: Line) -> Path:
    """The folder of the server's jars; downloaded once."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "traceapp" / "neo4j"
    lib = cache / line.version / "lib"
    if lib.is_dir():
        return lib
    try:
        lib.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"the cache {cache} cannot be written ({error.strerror}); point XDG_CACHE_HOME elsewhere") from error
    with locked(cache / f"{line.version}.lock"):
        if lib.is_dir():
            return lib
        with tempfile.TemporaryDirectory(dir=lib.parent) as folder:
            fresh = Path(folder) / "lib"
            (Path(folder) / "pom.xml").write_text(POM.format(version=line.version))
            download(line, Path(folder), fresh)
            if not list(fresh.glob(f"neo4j-{line.version}.jar")):
                raise Failure(f"Maven brought no neo4j-{line.version}.jar")
            fresh.rename(lib)
    return lib


def download(line: Line, folder: Path, fresh: Path) -> None:
    """Let Maven copy the server and all it needs into `fresh`, with progress."""
    maven = shutil.which("mvn") or install_package("maven", "mvn")
    say(f"fetching Neo4j Community {line.version} (GPLv3) from Maven Central, about 150 MB, once")
    command = [maven, "-B", "-f", str(folder / "pom.xml"), PLUGIN, "-DincludeScope=runtime", f"-DoutputDirectory={fresh}"]
    words: list[str] = []
    fetched = 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
    ) as maven_run:
        assert maven_run.stdout is not None  # noqa: S101  for the type checker
        for text in maven_run.stdout:
            words = [*words[-30:], text.rstrip()]
            if "Downloaded from" in text and ".jar" in text:
                fetched += 1
                say(f"\r  {fetched} files of about {line.jars}", end="")
    say("\r  done" + " " * 30)
    if maven_run.returncode != 0:
        reason = next((word for word in words if "ERROR" in word), words[-1] if words else "")
        raise Failure(f"Maven could not fetch Neo4j {line.version}: {reason}")


def install_package(package: str, program: str) -> str:
    """Install a Debian package if we may, else say what to do."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"{program} is missing; installing the package {package}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
            subprocess.run(["apt-get", *arguments], env=environment, stdout=subprocess.DEVNULL, check=False)
        found = shutil.which(program)
        if found:
            return found
    raise Failure(f"{program} is missing. Install it (Debian: apt-get install {package}) and run this again")


# --- Java --------------------------------------------------------------------------------------------------------


def find_java(name: str, line: Line) -> Path:
    """A Java that runs this line: JAVA_HOME, the path, the usual folders, the runtime inside the embedded engine's wheel."""
    seen: dict[Path, int] = {}
    for java in java_candidates():
        release = java_release(java)
        if release in line.javas:
            return java
        if release:
            seen[java] = release
    wanted = " or ".join(map(str, line.javas))
    if 17 in line.javas and os.geteuid() == 0 and shutil.which("apt-get"):
        java = Path(install_package("openjdk-17-jre-headless", "java"))
        if java_release(java) in line.javas:
            return java
    found = ", ".join(f"{release} ({java})" for java, release in seen.items()) or "none"
    raise Failure(f"Neo4j {name} needs Java {wanted}; found: {found}. Install one, or point JAVA_HOME at it")


def java_candidates() -> Iterator[Path]:
    if os.environ.get("JAVA_HOME"):
        yield Path(os.environ["JAVA_HOME"]) / "bin" / "java"
    on_path = shutil.which("java")
    if on_path:
        yield Path(on_path)
    for pattern in (
        "/usr/lib/jvm/*/bin/java",
        "/Library/Java/JavaVirtualMachines/*/Contents/Home/bin/java",
        "/opt/homebrew/opt/openjdk*/bin/java",
    ):
        yield from sorted(Path("/").glob(pattern[1:]))
    for environment in (Path(sys.prefix), Path(os.environ.get("TRACEAPP_VENV") or ROOT / ".venv")):
        yield from environment.glob("lib/python*/site-packages/arcadedb_embedded/jre/bin/java")


def java_release(java: Path) -> int:
    """The feature release (17, 21, 25 …), 0 where this is no working Java."""
    try:
        words = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r'version "(\d+)', words)
    return int(found[1]) if found else 0


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """One at a time, across processes."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
