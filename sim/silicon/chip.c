#include "silicon/chip.h"
