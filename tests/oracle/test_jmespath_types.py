"""What inference says of a query is true of what evaluation does, on random outputs of real
operations: no problem that a document disproves, no result outside of the inferred type.

Outputs come from botocore's models, independently of the pack. Environment: SEATRIAL_SEED (printed),
SEATRIAL_JMESPATH_QUERIES (per operation), SEATRIAL_JMESPATH_ORACLE.
"""
import json
import os
import random

import botocore.loaders
import botocore.model
import pytest

from jmespath_queries import Outputs, Queries
from test_jmespath import SEED, ask

QUERIES = int(os.environ.get("SEATRIAL_JMESPATH_QUERIES", "12"))
DOCUMENTS = 4
SERVICES = """ecs ec2 iam rds cloudwatch logs lambda dynamodb elbv2 s3 sqs ssm cloudformation route53
apigateway backup autoscaling application-autoscaling elasticache events sns secretsmanager""".split()
OPERATIONS = 40  # of each service
LOADER = botocore.loaders.Loader()


def page_tokens(service, operation):
    try:
        pages = LOADER.load_service_model(service, "paginators-1")["pagination"].get(operation)
    except botocore.exceptions.DataNotFoundError:
        return []
    tokens = pages["output_token"] if pages else []
    return [tokens] if isinstance(tokens, str) else tokens


def cases(service, rng):
    model = botocore.model.ServiceModel(LOADER.load_service_model(service, "service-2"), service)
    for name in rng.sample(model.operation_names, min(OPERATIONS, len(model.operation_names))):
        operation = model.operation_model(name)
        empty = operation.output_shape is None or not operation.output_shape.members
        if operation.has_event_stream_output or (empty and rng.random() < 0.9):
            continue
        outputs, queries = Outputs(rng, service), Queries(rng)
        tokens = page_tokens(service, name)
        for _ in range(QUERIES):
            shape = operation.output_shape
            documents = [outputs.output(shape, tokens) for _ in range(DOCUMENTS)]
            yield {"do": "infer", "service": service, "operation": name, "expression": queries.query(shape),
                   "documents": json.dumps(documents)}


@pytest.mark.parametrize("service", SERVICES)
def test_problems_are_true(service):
    asked = list(cases(service, random.Random(f"{SEED} {service}")))
    failures, problems, kinds = [], 0, {}
    for case, answer in zip(asked, ask(asked)):
        problems += bool(answer["problems"])
        for problem in answer["problems"]:
            kinds[problem["kind"]] = kinds.get(problem["kind"], 0) + 1
        if answer["untrue"] or answer["unfit"]:
            failures.append(f"{service} {case['operation']} {case['expression']}\n{answer}")
    print(f"seed {SEED}, {len(asked)} queries, {problems} with problems, {kinds}")
    assert not failures, f"{len(failures)} are untrue\n" + "\n".join(failures[:5])
    # A generator that makes no mistakes, or nothing else, would prove nothing.
    assert len(asked) / 10 < problems < len(asked) * 9 / 10
    assert kinds.get("field", 0) and kinds.get("type", 0)
