"""The API, with a clock that may be wrong: `python -m tests.faults.skewed_api --port 8000`."""

import argparse

import uvicorn

from api.app import create_app
from tests.faults.skewed import skew

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    skew("api", "channels")
    uvicorn.run(create_app, factory=True, port=parser.parse_args().port, access_log=False, log_level="warning")
