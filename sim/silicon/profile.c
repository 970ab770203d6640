#include "silicon/profile.h"
