"""Is a bundle what was made? It needs the file and the public key of signatures, and neither home nor store."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from traceapp.bundles.backup_bundle import Fault, faults_of, opened, read_bundle
from traceapp.bundles.manifest import Manifest, read_public_key
from traceapp.domain.errors import BundleError
from traceapp.usecases.backup.home_files import Progress

LARGEST_KEY: Final = 65_536


@dataclass(frozen=True, slots=True)
class CheckedBackup:
    """manifest: what it says of itself; None where that cannot be believed.

    faults  what is wrong, by member; none of a whole one.
    """

    manifest: Manifest | None
    faults: tuple[Fault, ...]


def check_backup(path: Path, public_key: Path, progress: Progress = lambda share: None) -> CheckedBackup:
    """Headers, signature, members and every content.

    public_key  file of it, in PEM, as `traceapp signature key` prints it.
    raises      BundleError: the file or the key cannot be read, or it is no bundle at all.
    """
    with opened(public_key) as file:
        key = read_public_key(file.read(LARGEST_KEY))
    with opened(path) as file:
        try:
            bundle = read_bundle(file, key)
        except BundleError as error:
            if error.member is None:
                raise
            return CheckedBackup(None, (Fault(error.member, str(error)),))
        return CheckedBackup(bundle.manifest, tuple(faults_of(file, bundle, progress)))
