"""Settings by which a process of many stays at one thread."""

from typing import Final

#: OpenCV, NumPy and Arrow would each start threads in every process; scans are read by as many as OpenCV has
ONE_THREAD: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
