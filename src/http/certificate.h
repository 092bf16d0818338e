// The certificate a world's API answers TLS with, and the authority that signed it.
//
// Made anew at every start and never kept: the authority's key is gone when this returns, so that
// nobody can sign in its name, and no secret lies on the disk.
#pragma once
#include <string>
#include <vector>

#include "base/time.h"

namespace seatrial::http {

struct Certificate {
  std::string pem;            // the server's
  std::string key_pem;        // the server's private key
  std::string authority_pem;  // what clients are told to trust
};

// For these host names and addresses, valid from a day before `now` (of the machine's clock, which
// clients go by) for two years.
Certificate make_certificate(const std::vector<std::string>& names, Time now);

}  // namespace seatrial::http
