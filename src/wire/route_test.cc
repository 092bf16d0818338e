// Which operation a request means, in the four ways AWS has of saying it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/codec.h"
#include "wire/uri.h"

namespace seatrial::wire {
namespace {

using ::testing::HasSubstr;

std::string routed(std::string method, std::string target, std::string_view signing,
                   std::string body = "",
                   std::vector<std::pair<std::string, std::string>> headers = {}) {
  HttpRequest request{std::move(method), std::move(target), {}, std::move(body)};
  for (auto& [name, value] : headers) request.headers.add(name, value);
  const auto found = route(request, signing);
  if (!found) return found.error().code + ": " + found.error().message;
  return std::string(found->service.name()) + ":" + std::string(found->operation.name());
}

TEST(Route, ByTarget) {
  EXPECT_EQ(routed("POST", "/", "ecs", "{}",
                   {{"x-amz-target", "AmazonEC2ContainerServiceV20141113.ListTasks"}}),
            "ecs:ListTasks");
  EXPECT_EQ(
      routed("POST", "/", "", "{}", {{"X-Amz-Target", "AmazonEC2ContainerServiceV20141113.Nope"}}),
      "UnknownOperationException: ecs has no operation Nope.");
  EXPECT_THAT(routed("POST", "/", "", "{}", {{"X-Amz-Target", "\xFF.Nope"}}),
              HasSubstr("UnknownOperation"));
}

TEST(Route, ByActionAndVersion) {
  EXPECT_EQ(routed("POST", "/", "elasticloadbalancing",
                   "Action=DescribeLoadBalancers&Version=2015-12-01"),
            "elbv2:DescribeLoadBalancers");
  EXPECT_EQ(routed("POST", "/", "elasticloadbalancing",
                   "Action=DescribeLoadBalancers&Version=2012-06-01"),
            "elb:DescribeLoadBalancers");
  EXPECT_EQ(routed("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", "sts"),
            "sts:GetCallerIdentity");
  EXPECT_EQ(routed("POST", "/", "monitoring", "Version=2010-08-01&Action=ListMetrics"),
            "cloudwatch:ListMetrics");
  EXPECT_EQ(routed("POST", "/", "rds", "Action=DescribeDBClusters&Version=2014-10-31"),
            "rds:DescribeDBClusters");
  EXPECT_EQ(routed("POST", "/", "", "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"),
            "sts:AssumeRoleWithWebIdentity");
  EXPECT_EQ(routed("POST", "/", "iam", "Action=Nope&Version=2010-05-08"),
            "InvalidAction: Could not find operation Nope for version 2010-05-08");
  EXPECT_THAT(routed("POST", "/", "iam", "Nothing=1"), HasSubstr("MissingAction"));
}

TEST(Route, ByUri) {
  EXPECT_EQ(routed("GET", "/2015-03-31/functions/", "lambda"), "lambda:ListFunctions");
  EXPECT_EQ(routed("GET", "/2015-03-31/functions", "lambda"), "lambda:ListFunctions");
  EXPECT_EQ(routed("GET", "/2015-03-31/functions/f", "lambda"), "lambda:GetFunction");
  EXPECT_THAT(routed("PATCH", "/2015-03-31/functions/f", "lambda"),
              HasSubstr("PATCH /2015-03-31/functions/f"));
  EXPECT_EQ(routed("GET", "/restapis", "apigateway"), "apigateway:GetRestApis");
  EXPECT_EQ(routed("GET", "/v2/apis", "apigateway"), "apigatewayv2:GetApis");
  EXPECT_THAT(routed("GET", "/x", "nosuchservice"), HasSubstr("nosuchservice"));
}

TEST(Route, S3ByQueryLiteralsAndBoundMembers) {
  EXPECT_EQ(routed("GET", "/", "s3"), "s3:ListBuckets");
  EXPECT_EQ(routed("GET", "/b", "s3"), "s3:ListObjects");
  EXPECT_EQ(routed("GET", "/b?list-type=2&prefix=x", "s3"), "s3:ListObjectsV2");
  EXPECT_EQ(routed("GET", "/b?location", "s3"), "s3:GetBucketLocation");
  EXPECT_EQ(routed("GET", "/b/a/b//c/", "s3"), "s3:GetObject");
  EXPECT_EQ(routed("PUT", "/b/k", "s3", "x"), "s3:PutObject");
  EXPECT_EQ(routed("PUT", "/b/k", "s3", "", {{"x-amz-copy-source", "a/b"}}), "s3:CopyObject");
  EXPECT_EQ(routed("PUT", "/b/k?partNumber=1&uploadId=u", "s3", "x"), "s3:UploadPart");
  EXPECT_EQ(routed("POST", "/b/k?uploads", "s3"), "s3:CreateMultipartUpload");
}

TEST(Route, ByCborPath) {
  const std::vector<std::pair<std::string, std::string>> cbor{{"smithy-protocol", "rpc-v2-cbor"}};
  EXPECT_EQ(routed("POST", "/service/GraniteServiceVersion20100801/operation/ListMetrics",
                   "monitoring", "", cbor),
            "cloudwatch:ListMetrics");
  EXPECT_THAT(routed("POST", "/service/Granite/operation", "monitoring", "", cbor),
              HasSubstr("UnknownOperation"));
}

TEST(UriTemplate, GreedyLabelsKeepSlashesAndMayHaveASuffix) {
  Labels labels;
  ASSERT_TRUE(UriTemplate("/{Bucket}/{Key+}").match("/b/a//c%2Fd/", &labels));
  EXPECT_EQ(labels.size(), 2u);
  EXPECT_EQ(labels[1].second, "a//c%2Fd/");
  ASSERT_TRUE(UriTemplate("/x/{Any+}/end").match("/x/1/2/end", &labels));
  EXPECT_EQ(labels.back().second, "1/2");
  EXPECT_FALSE(UriTemplate("/x/{Any+}/end").match("/x/end", nullptr));
  EXPECT_FALSE(UriTemplate("/{Bucket}/{Key+}").match("/b/", nullptr));
}

}  // namespace
}  // namespace seatrial::wire
