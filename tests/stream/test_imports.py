import os
import subprocess
import sys

WITHOUT_FAUST = """
import pkgutil, sys
from importlib import import_module
import app.stream
for found in pkgutil.walk_packages(app.stream.__path__, "app.stream."):
    if not found.name.startswith(("app.stream.processing", "app.stream.faust_patches")):
        import_module(found.name)
sys.exit("faust" in sys.modules)
"""


def test_only_processing_and_the_patches_import_faust() -> None:
    # walk_packages imports each package; those two are imported without their modules.
    assert subprocess.run([sys.executable, "-c", WITHOUT_FAUST], check=False, env=os.environ).returncode == 0
