#include "energy/energy.h"
