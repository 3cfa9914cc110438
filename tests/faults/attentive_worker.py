"""The worker, missed sooner when it is killed: `python -m tests.faults.attentive_worker`."""

from datetime import timedelta
from functools import partial

from temporalio.worker import Worker

import worker
from activities import attempt
from routing.bulk import operating
from runtime import upkeep, workers
from tests.faults.changed import change
from tests.faults.skewed import skew
from workflows import calls, operation

if __name__ == "__main__":
    calls.HEARTBEAT = timedelta(seconds=2)
    attempt.BEAT_SECONDS = 1
    operation.HEARTBEAT = timedelta(seconds=2)
    operating.BEAT_SECONDS = 1
    upkeep.OFTEN = timedelta(seconds=3)
    setattr(workers, "Worker", partial(Worker, sticky_queue_schedule_to_start_timeout=timedelta(seconds=1)))  # noqa: B010
    skew("activities", "channels", "routing", "runtime", "store")
    change()
    worker.main()
