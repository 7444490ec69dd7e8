"""The simulator: a Douyin on loopback, speaking the real wire protocol.

May import webcast (its protobuf module), events, config, logs, errors; cli and app import it.
"""

from relay.sim.scenario import Behaviours, RoomPlan, Scenario, Step, Timing, load_scenario
from relay.sim.server import Simulator, config_lines, run_simulator

__all__ = [
    "Behaviours",
    "RoomPlan",
    "Scenario",
    "Simulator",
    "Step",
    "Timing",
    "config_lines",
    "load_scenario",
    "run_simulator",
]
