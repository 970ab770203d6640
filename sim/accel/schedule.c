#include "accel/schedule.h"
