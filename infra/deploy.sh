#!/bin/bash
# deploy.sh ZIP [Parameter=Value...]: put the stack up, or update it to this version.
#
# Who asks, and where, is what the AWS CLI is set up for (AWS_PROFILE, AWS_REGION). STACK is the stack's name, default slipway.
# SLIPWAY is a build of this version for this machine, default bin/slipway: it has the programs for hosts, which go into the stack's bucket.
# Parameters that are not named keep the value they had. Nothing is removed: an update replaces the program, and deployments under way go on with it.
# Exit codes: 0 done, 2 called wrongly, 3 the AWS CLI is missing or not signed in, else that of the failed command.
set -euo pipefail

stack=${STACK:-slipway}
zip=${1:-}
if [ ! -f "$zip" ]; then
	echo "usage: deploy.sh ZIP [Parameter=Value...]   (make zip builds it; make deploy does both)" >&2
	exit 2
fi
shift
for parameter in "$@"; do
	if [[ ! $parameter =~ ^[A-Z][A-Za-z]*=.*$ ]]; then
		echo "deploy.sh: \"$parameter\" is no parameter: write it like MailFrom=slipway@example.com" >&2
		exit 2
	fi
done
# It becomes part of bucket names, which may not be longer.
if [[ ! $stack =~ ^[a-z][a-z0-9-]{0,28}[a-z0-9]$ ]]; then
	echo "deploy.sh: \"$stack\" cannot be the stack's name: 2 to 30 of a-z, 0-9 and -, beginning with a letter" >&2
	exit 2
fi

slipway=${SLIPWAY:-bin/slipway}
executors=$(mktemp -d)
trap 'rm -rf "$executors"' EXIT
if [ ! -x "$slipway" ] || ! "$slipway" infra executors "$executors" >/dev/null; then
	echo "deploy.sh: $slipway does not give the programs for hosts: make build (or SLIPWAY=PROGRAM)" >&2
	exit 2
fi

if ! command -v aws >/dev/null; then
	echo "deploy.sh: needs the AWS command line (aws); or deploy infra/template.yaml with what you have" >&2
	exit 3
fi
if ! account=$(aws sts get-caller-identity --query Account --output text); then
	echo "deploy.sh: the AWS command line is not signed in: aws configure, or aws sso login" >&2
	exit 3
fi
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
if [ -z "$region" ]; then
	echo "deploy.sh: no region is chosen: export AWS_REGION=us-east-1, or another" >&2
	exit 3
fi
export AWS_REGION=$region AWS_PAGER=

bucket=$stack-code-$account-$region
key=slipway/$(sha256sum "$zip" | cut -d' ' -f1).zip
echo "stack $stack in account $account, region $region"

if ! aws s3api head-bucket --bucket "$bucket" >/dev/null 2>&1; then
	echo "making the bucket for the program: $bucket"
	where=()
	# The oldest region has no name here.
	if [ "$region" != us-east-1 ]; then where=(--create-bucket-configuration "LocationConstraint=$region"); fi
	aws s3api create-bucket --bucket "$bucket" "${where[@]}" >/dev/null
	aws s3api put-public-access-block --bucket "$bucket" \
		--public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
fi
if aws s3api head-object --bucket "$bucket" --key "$key" >/dev/null 2>&1; then
	echo "the program is there already"
else
	echo "uploading the program"
	aws s3 cp --only-show-errors "$zip" "s3://$bucket/$key"
fi

# Programs for hosts are there before the version that asks for them. Former ones stay: deployments under way need them.
store=$stack-$account-$region
bring_executors() {
	echo "bringing the programs for hosts"
	aws s3 sync --size-only --only-show-errors "$executors" "s3://$store/store/executors/"
}
new=yes
if aws s3api head-bucket --bucket "$store" >/dev/null 2>&1; then
	new=
	bring_executors
fi

rc=0
aws cloudformation deploy --stack-name "$stack" --template-file "$(dirname "$0")/template.yaml" --capabilities CAPABILITY_IAM \
	--no-fail-on-empty-changeset --parameter-overrides "CodeBucket=$bucket" "CodeKey=$key" "$@" || rc=$?
if [ "$rc" != 0 ]; then
	echo "deploy.sh: the stack was not put up; what went wrong, the first cause last:" >&2
	aws cloudformation describe-stack-events --stack-name "$stack" --max-items 100 --output text \
		--query "StackEvents[?ends_with(ResourceStatus, 'FAILED')].[LogicalResourceId, ResourceStatusReason]" >&2 || true
	exit "$rc"
fi
# A stack that is made makes its bucket only now.
if [ -n "$new" ]; then bring_executors; fi

output() {
	aws cloudformation describe-stacks --stack-name "$stack" --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text
}
url=$(output Url)
runner=$(output Runner)
packages=$(output Bucket)
cat <<END

Slipway is at $url
Packages go to s3://$packages/packages/

Nobody can sign in yet? This prints a link that works once and makes the first administrator:

  aws lambda invoke --region $region --function-name $runner --cli-binary-format raw-in-base64-out \\
    --payload '{"slipway":"first-admin"}' /dev/stdout
END
