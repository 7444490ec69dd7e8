"""What relay/hub/_sending.c gives, where it is built.

`descriptors` has to be an `array("i")`; anything else is a TypeError.
"""

from array import array

def send_all(descriptors: array[int], data: bytes) -> list[tuple[int, int]]: ...
