"""What `relay doctor` looks at, one check after the other, without running a relay.

Imported by cli; imports upstream, room's hints and store. Nothing imports it but the command.
"""

from relay.doctor.findings import Finding, Verdict
from relay.doctor.rounds import examine_all

__all__ = ["Finding", "Verdict", "examine_all"]
