"""What stands beside a figure and is no part of it: digits off the line, which mark notes, and text struck or hidden.

What both readers of a format make of them is settled here, so that a mark is no difference; each finds them alone.
"""

from __future__ import annotations

from typing import Final

#: digits off the line become raised ones, which `form.numbers` reads as the mark of a note
RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
#: struck text is not read; how sure the text is that is left beside it
STRUCK: Final = 0.8
STRUCK_WHY: Final = "有文字被划去或隐藏，未读取"
