"""What relay/hub/_sending.c gives, where it is built."""

from array import array

def send_all(descriptors: array[int], data: bytes) -> list[tuple[int, int]]: ...
