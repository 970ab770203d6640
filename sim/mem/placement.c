#include "mem/placement.h"
