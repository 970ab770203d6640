#include "mem/inject.h"
