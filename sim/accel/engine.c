#include "accel/engine.h"
