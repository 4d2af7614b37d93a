"""The processes of an installation: started with their own environment, watched, and ended by their own ids."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, Self

from app.operations.supervision.launching import COMMAND_LINE, NO_SETTINGS, launch, tail, wait_or_kill

# A worker drains its running calls and commits; then it must be gone.
STOP_SECONDS: Final = 30.0


class ProcessFailedError(Exception):
    """A process ended by itself, or did not do what was waited for; names it and shows the end of its log."""


@dataclass(slots=True, kw_only=True)
class Process:
    """One running process and its log."""

    name: str
    popen: subprocess.Popen[str]
    log: Path


@dataclass(slots=True, kw_only=True)
class Processes:
    """Everything that was started; ends with the block, also when the block fails."""

    folder: Path
    environment: dict[str, str]
    running: list[Process] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        module: str = COMMAND_LINE,
        settings: Mapping[str, str] = NO_SETTINGS,
        pipe: bool = False,
    ) -> Process:
        """Starts `faturaflow`, or another `module`, with these arguments; `settings` are added to its environment.

        What it prints goes to its log; with `pipe` its standard output can be read here.
        """
        log = self.folder / f"{name}.log"
        environment = {**self.environment, "FATURAFLOW_WORKER": name, **settings}
        popen = launch(arguments, module=module, log=log, settings=environment, pipe=pipe)
        process = Process(name=name, popen=popen, log=log)
        self.running.append(process)
        return process

    def start_sandbox(self, providers: Sequence[str], seed: int) -> dict[str, str]:
        """Starts the simulators of these providers in one process, and returns the base URL of each."""
        only = [word for provider in providers for word in ("--only", provider)]
        process = self.start("sandbox", ["sandbox", *only, "--seed", str(seed), "--json", "-"], pipe=True)
        said = _first_line(process.popen.stdout)
        if not said:
            raise ProcessFailedError(f"{process.name} does not listen:\n{tail(process.log)}")
        return {each["name"]: each["base_url"] for each in json.loads(said)["simulators"]}

    def finish(self, process: Process) -> None:
        """Waits for a process that ends by itself. Raises ProcessFailedError when it does not end well."""
        code = process.popen.wait(STOP_SECONDS)
        self.running.remove(process)
        if code:
            raise ProcessFailedError(f"{process.name} ended with exit code {code}:\n{tail(process.log)}")

    def check(self) -> None:
        """Raises ProcessFailedError when one has ended by itself."""
        for process in self.running:
            if (code := process.popen.poll()) is not None:
                raise ProcessFailedError(f"{process.name} ended with exit code {code}:\n{tail(process.log)}")

    def stop(self, names: str | tuple[str, ...] = "") -> dict[str, int]:
        """Ends those whose name begins so, all at once, and returns their exit codes."""
        ending = [process for process in self.running if process.name.startswith(names)]
        for process in ending:
            process.popen.terminate()
        codes = {process.name: wait_or_kill(process.popen, STOP_SECONDS) for process in ending}
        for process in ending:
            if process.popen.stdout is not None:
                process.popen.stdout.close()
        self.running = [process for process in self.running if process not in ending]
        return codes


def _first_line(output: IO[str] | None) -> str:
    """What the simulators print once they listen; empty when they have ended instead."""
    return output.readline().strip() if output is not None else ""
