// The blocks that hold others and that no line of a family file names: what they take and return follows from what they hold.
#pragma once
#include "signature.hpp"

void add_blocks(const ms::Call& call, SignatureList& list);
