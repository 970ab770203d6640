#include "net/quant.h"
