package template

import (
	"fmt"
	"strings"
)

// nameProperty is where a resource's own name stands, by type.
var nameProperty = map[string]string{
	"AWS::S3::Bucket": "BucketName", "AWS::DynamoDB::Table": "TableName", "AWS::Lambda::Function": "FunctionName",
	"AWS::Logs::LogGroup": "LogGroupName", "AWS::Scheduler::ScheduleGroup": "Name", "AWS::SNS::Topic": "TopicName",
	"AWS::ApiGatewayV2::DomainName": "DomainName", "AWS::ApiGatewayV2::Stage": "StageName",
}

// refIsARN are the types whose Ref gives an ARN.
var refIsARN = map[string]bool{"AWS::SNS::Topic": true, "AWS::SNS::Subscription": true}

// madeUpName is what Ref gives for a resource.
func (s *Stack) madeUpName(id string) (string, error) {
	declared := s.declared[id].(map[string]any)
	kind := text(declared["Type"])
	if refIsARN[kind] {
		return s.madeUp(id, "Arn")
	}
	return s.ownName(id)
}

func (s *Stack) ownName(id string) (string, error) {
	declared := s.declared[id].(map[string]any)
	properties, _ := declared["Properties"].(map[string]any)
	if written, ok := properties[nameProperty[text(declared["Type"])]]; ok {
		v, err := s.resolve(written)
		return text(v), err
	}
	return s.given.Stack + "-" + id, nil
}

// madeUp is an attribute in AWS's form.
func (s *Stack) madeUp(id, attribute string) (string, error) {
	name, err := s.ownName(id)
	if err != nil {
		return "", err
	}
	kind := text(s.declared[id].(map[string]any)["Type"])
	switch kind + " " + attribute {
	case "AWS::S3::Bucket Arn":
		return "arn:aws:s3:::" + name, nil
	case "AWS::DynamoDB::Table Arn":
		return s.arn("dynamodb", "table/"+name), nil
	case "AWS::DynamoDB::Table StreamArn":
		return s.arn("dynamodb", "table/"+name+"/stream/2026-01-01T00:00:00.000"), nil
	case "AWS::Lambda::Function Arn":
		return s.arn("lambda", "function:"+name), nil
	case "AWS::Lambda::Url FunctionUrl":
		return "https://" + strings.ToLower(id) + "0000000000000000.lambda-url." + s.given.Region + ".on.aws/", nil
	case "AWS::IAM::Role Arn":
		return "arn:aws:iam::" + s.given.Account + ":role/" + name, nil
	case "AWS::Logs::LogGroup Arn":
		return s.arn("logs", "log-group:"+name+":*"), nil
	case "AWS::Scheduler::ScheduleGroup Arn":
		return s.arn("scheduler", "schedule-group/"+name), nil
	case "AWS::Events::Rule Arn":
		return s.arn("events", "rule/"+name), nil
	case "AWS::KMS::Key Arn":
		return s.arn("kms", "key/00000000-0000-4000-8000-000000000000"), nil
	case "AWS::SNS::Topic Arn", "AWS::SNS::Topic TopicArn", "AWS::SNS::Subscription Arn":
		return s.arn("sns", name), nil
	case "AWS::ApiGatewayV2::DomainName RegionalDomainName":
		return "d-0000000000.execute-api." + s.given.Region + ".amazonaws.com", nil
	}
	return "", fmt.Errorf("attribute %s of %s (%s) is not known here: give it in Attributes", attribute, id, kind)
}

func (s *Stack) arn(service, what string) string {
	return "arn:aws:" + service + ":" + s.given.Region + ":" + s.given.Account + ":" + what
}
