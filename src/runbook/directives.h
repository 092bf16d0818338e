// HTML comments of a document that speak to seatrial, and the blocks they stand before. Pure.
#pragma once
#include <cmark-gfm.h>

#include <vector>

#include "runbook/document.h"

namespace seatrial::runbook {

// `root` is what cmark read of the document's source. In order of their places.
std::vector<Directive> find_directives(cmark_node* root, const Document& document);

}  // namespace seatrial::runbook
