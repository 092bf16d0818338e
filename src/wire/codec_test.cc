// The codecs on fixed texts: what the oracle (tests/oracle/test_wire.py) cannot see, that is the
// exact bytes, bad input, and what botocore never sends.
#include "wire/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "base/encoding.h"
#include "wire/body.h"
#include "wire/timestamps.h"
#include "wire/xml.h"

namespace seatrial::wire {
namespace {

using model::Protocol;
using ::testing::HasSubstr;

Route route_for(std::string_view service, std::string_view operation, Protocol protocol) {
  const auto found = model::find_service(service);
  return {*found, *found->find_operation(operation), protocol, "1.1", false};
}

HttpRequest post(std::string body, std::string target = "/") {
  return {"POST", std::move(target), {}, std::move(body)};
}

Value json(std::string_view text) { return *parse_json(text); }

TEST(QueryCodec, ReadsListsMapsAndStructures) {
  const Route route = route_for("sns", "CreateTopic", Protocol::kQuery);
  const auto in = decode_request(
      route, post("Action=CreateTopic&Version=2010-03-31&Name=a+b%2B&Attributes.entry.1.key=k&"
                  "Attributes.entry.1.value=v&Tags.member.2.Key=two&Tags.member.1.Key=one"));
  ASSERT_TRUE(in);
  EXPECT_EQ(*in,
            json(R"({"Name":"a b+","Attributes":{"k":"v"},"Tags":[{"Key":"one"},{"Key":"two"}]})"));
}

TEST(QueryCodec, ParametersOfUrlAndBodyAreOneForm) {
  const Route route = route_for("sns", "CreateTopic", Protocol::kQuery);
  const auto in = decode_request(route, post("Name=a", "/?Action=CreateTopic&Tags.member.1.Key=k"));
  ASSERT_TRUE(in);
  EXPECT_EQ(*in, json(R"({"Name":"a","Tags":[{"Key":"k"}]})"));
}

TEST(QueryCodec, WritesResultAndMetadata) {
  const Route route = route_for("sns", "CreateTopic", Protocol::kQuery);
  const HttpResponse response = encode_response(route, json(R"({"TopicArn":"a<b"})"), "id-1");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("content-type"), "text/xml");
  EXPECT_EQ(
      response.body,
      "<CreateTopicResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><CreateTopicResult>"
      "<TopicArn>a&lt;b</TopicArn></CreateTopicResult><ResponseMetadata><RequestId>id-1"
      "</RequestId></ResponseMetadata></CreateTopicResponse>");
}

TEST(QueryCodec, RefusesANumberThatIsNone) {
  const Route route = route_for("elbv2", "ModifyTargetGroup", Protocol::kQuery);
  const auto in =
      decode_request(route, post("Action=ModifyTargetGroup&HealthCheckIntervalSeconds=soon"));
  ASSERT_FALSE(in);
  EXPECT_THAT(in.error().message, HasSubstr("HealthCheckIntervalSeconds"));
}

TEST(Ec2Codec, UsesItsOwnNamesAndFlattensLists) {
  const Route route = route_for("ec2", "DescribeSubnets", Protocol::kEc2);
  const auto in = decode_request(route, post("Action=DescribeSubnets&SubnetId.1=a&SubnetId.2=b&"
                                             "Filter.1.Name=vpc-id&Filter.1.Value.1=v"));
  ASSERT_TRUE(in);
  EXPECT_EQ(*in, json(R"({"Filters":[{"Name":"vpc-id","Values":["v"]}],"SubnetIds":["a","b"]})"));
  const HttpResponse response =
      encode_response(route, json(R"({"Subnets":[{"SubnetId":"s","CidrBlock":"c"}]})"), "id-2");
  EXPECT_THAT(response.body, HasSubstr("<requestId>id-2</requestId><subnetSet><item>"));
  EXPECT_THAT(response.body, HasSubstr("<cidrBlock>c</cidrBlock>"));
}

TEST(Ec2Codec, ErrorsHaveTheirOwnEnvelope) {
  const Route route = route_for("ec2", "DescribeSubnets", Protocol::kEc2);
  const HttpResponse response =
      encode_error(route, {"InvalidSubnetID.NotFound", "The subnet ID 'x' does not exist"}, "id");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body,
              HasSubstr("<Response><Errors><Error><Code>InvalidSubnetID.NotFound</Code>"
                        "<Message>The subnet ID 'x' does not exist</Message></Error>"
                        "</Errors><RequestID>id</RequestID></Response>"));
}

TEST(JsonCodec, KeepsMillisecondsAndNames) {
  const Route route = route_for("ecs", "DescribeClusters", Protocol::kJson);
  const HttpResponse response = encode_response(
      route_for("ecs", "DescribeTasks", Protocol::kJson),
      json(R"({"tasks":[{"createdAt":1700000000123,"version":3}],"failures":[]})"), "id");
  EXPECT_EQ(response.body, R"({"tasks":[{"createdAt":1700000000.123,"version":3}],"failures":[]})");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_EQ(*decode_request(route, post("")), Value(Object{}));
}

TEST(JsonCodec, NamesWhatIsOfTheWrongType) {
  const Route route = route_for("ecs", "DescribeClusters", Protocol::kJson);
  const auto message = [&](std::string body) {
    const auto in = decode_request(route, post(std::move(body)));
    EXPECT_FALSE(in);
    EXPECT_EQ(in.error().code, "SerializationException");
    return in.error().message;
  };
  EXPECT_EQ(message(R"({"clusters":[1]})"), "NUMBER_VALUE can not be converted to a String");
  EXPECT_EQ(message(R"({"clusters":{"a":1}})"),
            "Start of structure or map found where not expected.");
  EXPECT_EQ(message(R"({"clusters":"a"})"), "Expected list or null");
  EXPECT_NE(message(R"({"clusters":)"), "");
  EXPECT_NE(message("\xFF"), "");
  EXPECT_NE(message(std::string(100, '[')), "");
}

TEST(JsonCodec, QueryCompatibleErrorsCarryBothCodes) {
  Route route = route_for("cloudwatch", "PutMetricData", Protocol::kJson);
  route.query_mode = true;
  for (const char* code : {"InvalidParameterValue", "InvalidParameterValueException"}) {
    const HttpResponse response = encode_error(route, {code, "no"}, "id");
    EXPECT_EQ(response.headers.get("x-amzn-query-error"), "InvalidParameterValue;Sender");
    EXPECT_THAT(response.body, HasSubstr(R"("__type":"InvalidParameterValueException")"));
  }
}

TEST(RestJsonCodec, BindsLabelsQueryAndStatus) {
  const Route route = route_for("lambda", "Invoke", Protocol::kRestJson);
  HttpRequest request =
      post("raw", "/2015-03-31/functions/arn%3Aaws%3Ax/invocations?Qualifier=a%20b");
  request.headers.add("x-amz-invocation-type", "Event");
  const auto in = decode_request(route, request);
  ASSERT_TRUE(in);
  EXPECT_EQ(
      *in,
      json(
          R"({"FunctionName":"arn:aws:x","InvocationType":"Event","Payload":"raw","Qualifier":"a b"})"));
  const HttpResponse response =
      encode_response(route, json(R"({"StatusCode":202,"ExecutedVersion":"1"})"), "id");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.headers.get("X-Amz-Executed-Version"), "1");
}

TEST(RestJsonCodec, ErrorsTakeTheModelsStatus) {
  const Route route = route_for("lambda", "GetFunction", Protocol::kRestJson);
  const HttpResponse response = encode_error(route, {"ResourceNotFoundException", "no"}, "id");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.get("x-amzn-ErrorType"), "ResourceNotFoundException");
}

TEST(RestJsonCodec, HeaderValuesCannotStartNewHeaders) {
  const Route route = route_for("lambda", "Invoke", Protocol::kRestJson);
  const HttpResponse response =
      encode_response(route, json(R"({"ExecutedVersion":"1\r\nevil: 1"})"), "id");
  EXPECT_EQ(response.headers.get("X-Amz-Executed-Version"), "1  evil: 1");
}

TEST(RestXmlCodec, S3ErrorsAreBare) {
  const Route route = route_for("s3", "GetObject", Protocol::kRestXml);
  const HttpResponse response = encode_error(route, {"NoSuchKey", "no", 404}, "id");
  EXPECT_THAT(response.body, HasSubstr("?>\n<Error><Code>NoSuchKey</Code>"));
  EXPECT_EQ(response.headers.get("x-amz-request-id"), "id");
}

TEST(CborCodec, ReadsIndefiniteLengthsHalvesAndBigNumbers) {
  const Route route = route_for("cloudwatch", "PutMetricData", Protocol::kCbor);
  // {_ "Namespace": (_ "a", "b"), "MetricData": [_ {"Value": 1.5 (half), "StorageResolution":
  // 2(h'01')}], "x": [1]}
  const std::string body = std::string(
      "\xBF\x69Namespace\x7F\x61"
      "a\x61"
      "b\xFF\x6AMetricData\x9F\xA2\x65Value\xF9\x3E\x00"
      "\x71StorageResolution\xC2\x41\x01\xFF\x61x\x81\x01\xFF",
      66);
  const auto in = decode_request(route, post(body));
  ASSERT_TRUE(in) << in.error().message;
  EXPECT_EQ(*in, json(R"({"Namespace":"ab","MetricData":[{"Value":1.5,"StorageResolution":1}]})"));
}

TEST(CborCodec, RefusesWhatIsCutOffOrTooDeep) {
  const Route route = route_for("cloudwatch", "PutMetricData", Protocol::kCbor);
  EXPECT_FALSE(decode_request(route, post("\xA1\x69Name")));
  EXPECT_FALSE(decode_request(route, post("\xA1\x61x" + std::string(1000, '\x81') + "\x01")));
  EXPECT_FALSE(decode_request(
      route, post(std::string("\xA1\x69Namespace\x7B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 20))));
  EXPECT_FALSE(decode_request(route, post("\xBB\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")));
}

TEST(Streams, OfInputAreRefusedByName) {
  const auto in = decode_request(
      route_for("bedrock-runtime", "InvokeModelWithBidirectionalStream", Protocol::kRestJson),
      post(""));
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().code, "UnsupportedOperationException");
  EXPECT_THAT(in.error().message, HasSubstr("InvokeModelWithBidirectionalStream"));
}

TEST(Unrouted, OldClientsOfNewServicesGetXml) {
  HttpRequest request = post("Action=Nothing&Version=2010-08-01");
  const HttpResponse response =
      encode_unrouted_error(request, "monitoring", {"InvalidAction", "no"}, "id");
  EXPECT_THAT(response.body, HasSubstr("<Code>InvalidAction</Code>"));
}

std::string gzipped(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(text.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(Body, GzipInflatesUpToTheLimit) {
  EXPECT_EQ(gunzip(gzipped("hello")), "hello");
  const auto bomb = gunzip(gzipped(std::string(1 << 20, 'x')), 1000);
  ASSERT_FALSE(bomb);
  EXPECT_EQ(bomb.error().status, 413);
  EXPECT_FALSE(gunzip("not gzip"));
  EXPECT_FALSE(gunzip(gzipped("hello").substr(0, 12)));
}

TEST(Body, GzipRequestsDecode) {
  HttpRequest request = post(gzipped(R"({"clusters":["a"]})"));
  request.headers.add("Content-Encoding", "gzip");
  EXPECT_EQ(*decode_request(route_for("ecs", "DescribeClusters", Protocol::kJson), request),
            json(R"({"clusters":["a"]})"));
}

TEST(Body, AwsChunkedWithSignaturesAndTrailers) {
  HttpRequest request = post(
      "5;chunk-signature=aa\r\nhello\r\n6\r\n "
      "world\r\n0;chunk-signature=bb\r\nx-amz-checksum-crc32:AA==\r\n\r\n");
  request.headers.add("Content-Encoding", "aws-chunked");
  EXPECT_EQ(decoded_body(request)->view(), "hello world");
  for (const char* bad :
       {"5\r\nhell", "zz\r\n", "5\r\nhelloXX0\r\n", "", "FFFFFFFFFFFFFFFF\r\nx\r\n"}) {
    EXPECT_FALSE(unchunk(bad)) << bad;
  }
}

TEST(Xml, ReadsEntitiesCdataAndPrefixes) {
  const auto root = parse_xml(
      "<?xml version='1.0'?><!-- c --><a:r x='1 &amp; 2'><b>&lt;&#65;&#x1F600;</b>"
      "<b><![CDATA[<raw>]]></b><c/></a:r>");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->name, "r");
  EXPECT_EQ(root->attributes[0].second, "1 & 2");
  EXPECT_EQ(root->children[0].text, "<A\xF0\x9F\x98\x80");
  EXPECT_EQ(root->children[1].text, "<raw>");
}

TEST(Xml, RefusesDoctypesAndWhatIsNotWellFormed) {
  for (const char* bad :
       {"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a>", "<a></b>", "<a/><b/>", "<a>&b;</a>",
        "<a>&#xD800;</a>", "<a x=1/>", "", "text", "<a", "<a><![CDATA[", "<a>\xFF</a>"}) {
    EXPECT_FALSE(parse_xml(bad)) << bad;
  }
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<a>";
  EXPECT_FALSE(parse_xml(deep));
}

TEST(Timestamps, EveryFormat) {
  using model::TimestampFormat;
  EXPECT_EQ(format_timestamp(1'440'938'160'000, TimestampFormat::kIso8601), "2015-08-30T12:36:00Z");
  EXPECT_EQ(format_timestamp(1'440'938'160'123, TimestampFormat::kDefault),
            "2015-08-30T12:36:00.123Z");
  EXPECT_EQ(format_timestamp(1'440'938'160'000, TimestampFormat::kRfc822),
            "Sun, 30 Aug 2015 12:36:00 GMT");
  EXPECT_EQ(format_timestamp(1'440'938'160'120, TimestampFormat::kUnix), "1440938160.120");
  EXPECT_EQ(parse_timestamp("20200101", TimestampFormat::kUnix), 20'200'101'000);
  EXPECT_EQ(timestamp_of_seconds(1e300), std::nullopt);
  EXPECT_EQ(timestamp_of_seconds(std::numeric_limits<double>::quiet_NaN()), std::nullopt);
}

// A form as the AWS CLI of Debian 12 writes it, and the answer it can read.
TEST(SqsQuery, OldNamesAreExchanged) {
  const Route route = route_for("sqs", "SendMessageBatch", Protocol::kQuery);
  HttpRequest request{"POST", "/", {}, {}};
  request.body =
      "Action=SendMessageBatch&Version=2012-11-05&QueueUrl=http%3A%2F%2Fh%2F1%2Fq&"
      "SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=x&"
      "SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n&"
      "SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType=Number&"
      "SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue=1";
  const auto input = decode_request(route, request);
  ASSERT_TRUE(input) << input.error().message;
  EXPECT_EQ(to_json(*input),
            R"({"QueueUrl":"http://h/1/q","Entries":[{"Id":"a","MessageBody":"x",)"
            R"("MessageAttributes":{"n":{"StringValue":"1","DataType":"Number"}}}]})");
  const Object output{{"Attributes", Object{{"QueueArn", "arn"}}}};
  const auto reply =
      encode_response(route_for("sqs", "GetQueueAttributes", Protocol::kQuery), output, "id");
  EXPECT_NE(reply.body.find("<GetQueueAttributesResult><Attribute><Name>QueueArn</Name>"
                            "<Value>arn</Value></Attribute></GetQueueAttributesResult>"),
            std::string::npos)
      << reply.body;
  const auto error = encode_error(route, {"QueueDoesNotExist", "gone"}, "id");
  EXPECT_NE(error.body.find("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>"),
            std::string::npos)
      << error.body;
}

}  // namespace
}  // namespace seatrial::wire
