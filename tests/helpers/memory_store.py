"""A store for backups in memory, which counts what is asked of it and can fail."""

from datetime import UTC, datetime

from flows.backups.stores import StoredFile

WRITTEN_AT = datetime(2024, 7, 1, 12, 0, tzinfo=UTC)


class Gone(BaseException):
    """The process is killed: no handler of the code may run."""


class MemoryStore:
    """Files by name.

    Attributes:
        files: Name to content.
        ages: Name to the instant that is reported instead of `WRITTEN_AT`.
        written: Bytes of all writes.
        asked: Number of operations.
        left: Operations before the one that raises `Gone`; None for no limit.
    """

    name = "memory"

    def __init__(self):
        self.files, self.ages = {}, {}
        self.written = self.asked = 0
        self.left = None

    def _ask(self):
        self.asked += 1
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Gone

    def listed(self, under=""):
        self._ask()
        return {
            name: StoredFile(len(content), self.ages.get(name, WRITTEN_AT))
            for name, content in self.files.items()
            if not under or name.startswith(f"{under}/")
        }

    def read(self, name):
        self._ask()
        return self.files.get(name)

    def write(self, name, content):
        self._ask()
        self.files[name] = content
        self.written += len(content)

    def remove(self, names):
        for name in list(names):
            self._ask()
            self.files.pop(name, None)
