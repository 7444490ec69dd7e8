"""The simulator: a Douyin on loopback, speaking the real wire protocol.

Imported by app and cli; imports webcast's protobuf module, config and errors only.
"""

from relay.sim.behaviours import Behaviours
from relay.sim.scenario import RoomPlan, Scenario, Step, Timing, load_scenario
from relay.sim.server import Simulator, config_lines

__all__ = [
    "Behaviours",
    "RoomPlan",
    "Scenario",
    "Simulator",
    "Step",
    "Timing",
    "config_lines",
    "load_scenario",
]
