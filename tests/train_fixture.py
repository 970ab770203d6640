"""What the tests of the training program share: made data and the program, called in this process."""

import contextlib
import io
import os
import pathlib
import subprocess
import sys
from unittest import mock

SOURCE = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SOURCE / "models" / "train"))
import train  # pylint: disable=wrong-import-position


class Fixture:
    """A folder with made data (idx, cifar10), the base configuration, work and out."""

    def __init__(self, folder, brownout, library):
        self.root = pathlib.Path(folder)
        self.out = self.root / "out"
        self.out.mkdir()
        os.environ.update(BROWNOUT=brownout, BROWNOUT_LIBRARY=library)
        subprocess.run([sys.executable, SOURCE / "tests" / "make_train_data.py", folder], check=True)
        base = (SOURCE / "tests" / "train_base.yaml").read_text()
        (self.root / "base.yaml").write_text(base.replace("epochs: 3", "epochs: 1"))

    def configure(self, name, yaml):
        """Writes NAME.yaml: `yaml` on top of the base, which trains for one epoch."""
        header = "" if "base:" in yaml else "base: base.yaml\n"
        header += "" if "name:" in yaml else f"name: {name}\n"
        (self.root / f"{name}.yaml").write_text(header + yaml + "\n")

    def train(self, name, data="idx"):
        """Exit code and text on stderr of the program for NAME.yaml."""
        argv = ["train.py", str(self.root / f"{name}.yaml"), "--data", str(self.root / data),
                "--work", str(self.root / "work"), "--out", str(self.out)]
        stderr = io.StringIO()
        with mock.patch.object(sys, "argv", argv), contextlib.redirect_stderr(stderr), \
                contextlib.redirect_stdout(io.StringIO()):
            code = train.main()
        return code, stderr.getvalue()

    def refuses(self, text, name, data="idx"):
        """Training NAME ends with exit code 2 and one line that has `text`; out stays as it was."""
        before = sorted((p.name, p.read_bytes()) for p in self.out.iterdir())
        code, stderr = self.train(name, data)
        after = sorted((p.name, p.read_bytes()) for p in self.out.iterdir())
        if code != 2 or stderr.count("\n") != 1 or text not in stderr:
            sys.exit(f"expected exit code 2 and one line with: {text}\ngot {code} and:\n{stderr}")
        if before != after:
            sys.exit(f"{text}: left behind: {[p.name for p in self.out.iterdir()]}")
