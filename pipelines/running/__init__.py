"""The runner: reads, calls the stages in order, writes, times and counts. No stage reads or writes by itself."""

from pipelines.running.run import Outcome, run

__all__ = ["Outcome", "run"]
