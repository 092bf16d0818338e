// Frames held against bytes of another implementation (botocore's own test vectors for the same
// messages), and their parts read back.
#include "wire/event_stream.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace seatrial::wire {
namespace {

TEST(EventStreamTest, FramesAreTheBytesThatOthersMake) {
  EXPECT_EQ(hex_encode(event_frame({}, "")), "000000100000000005c248eb7d98c8ff");
  EXPECT_EQ(hex_encode(event_frame({}, "{'foo':'bar'}")),
            "0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936");
}

TEST(EventStreamTest, HeadersAreStrings) {
  const std::string frame = json_event("sessionStart", "{}");
  const std::string headers = "\x0b:event-type\x07" + std::string("\0\x0c", 2) + "sessionStart" +
                              "\x0d:content-type\x07" + std::string("\0\x10", 2) +
                              "application/json" + "\x0d:message-type\x07" +
                              std::string("\0\x05", 2) + "event";
  EXPECT_EQ(frame.substr(12, headers.size()), headers);
  EXPECT_EQ(frame.substr(12 + headers.size(), 2), "{}");
  EXPECT_EQ(frame.size(), 12 + headers.size() + 2 + 4);
  EXPECT_EQ(static_cast<unsigned char>(frame[3]), frame.size());
  EXPECT_EQ(static_cast<unsigned char>(frame[7]), headers.size());
}

}  // namespace
}  // namespace seatrial::wire
