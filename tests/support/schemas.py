"""Files for other programs, held against the schemas that their makers publish."""

import subprocess
import sys


def find_faults(document: str, schema: str) -> str:
    """Return what a schema finds wrong with a YAML document, empty if nothing.

    Args:
        document: Its text.
        schema: One that check-jsonschema brings, such as ``vendor.compose-spec``; no network.
    """
    command = [
        sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema,
        "--default-filetype", "yaml", "-",
    ]  # fmt: skip
    done = subprocess.run(command, input=document, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr
