"""From a template and what is known of a customer to a message: the text, or the reason why there is none.

Templates come from marketing, data from anybody. So templates run in a sandbox that has no calls and a bounded amount
of work, data is copied to plain values first, and what is unknown or empty stops the message, leaving no hole.
"""

from outreach.rendering.checking import Checker
from outreach.rendering.footer import WithFooter
from outreach.rendering.renderer import Renderer
from outreach.rendering.segments import sms_segments

__all__ = ["Checker", "Renderer", "WithFooter", "sms_segments"]
