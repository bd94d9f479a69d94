// Package awscalls is what all AWS adapters share: how a client is configured,
// how its calls are counted, and how a refusal becomes a sentence for people.
//
// It makes no calls itself and knows no service. Configuration comes from the
// environment as a Lambda function has it; nothing is looked up over the
// network, so making it costs microseconds.
package awscalls

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"

	"slipway/pipelines"
)

// Account is one AWS account and region as the environment names it.
type Account struct {
	env    func(string) (string, bool)
	config aws.Config
}

// Open reads AWS_REGION, the credentials and the endpoints from the environment.
func Open(env func(string) (string, bool)) (*Account, error) {
	get := func(name string) string { v, _ := env(name); return v }
	region := get("AWS_REGION")
	if region == "" {
		region = get("AWS_DEFAULT_REGION")
	}
	if region == "" || get("AWS_ACCESS_KEY_ID") == "" {
		return nil, pipelines.Refuse(pipelines.Invalid, "AWS_REGION and AWS_ACCESS_KEY_ID are not both set: a Lambda function has them, elsewhere set them")
	}
	who := aws.Credentials{AccessKeyID: get("AWS_ACCESS_KEY_ID"), SecretAccessKey: get("AWS_SECRET_ACCESS_KEY"), SessionToken: get("AWS_SESSION_TOKEN"), Source: "environment"}
	return &Account{env: env, config: aws.Config{
		Region:      region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return who, nil }),
		HTTPClient:  client(),
		RetryMode:   aws.RetryModeStandard, RetryMaxAttempts: 5,
		APIOptions: []func(*middleware.Stack) error{watch},
	}}, nil
}

// For is the configuration of one service's client. The name is that of the
// variable AWS_ENDPOINT_URL_<name>, like DYNAMODB.
func (a *Account) For(service string) aws.Config {
	c := a.config.Copy()
	for _, name := range []string{"AWS_ENDPOINT_URL_" + service, "AWS_ENDPOINT_URL"} {
		if url, ok := a.env(name); ok && url != "" {
			c.BaseEndpoint = aws.String(strings.TrimRight(url, "/"))
			break
		}
	}
	return c
}

// Region is where we are.
func (a *Account) Region() string { return a.config.Region }

// client keeps connections, and gives up on a peer that says nothing.
func client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: 30 * time.Second,
		MaxIdleConnsPerHost: 16, IdleConnTimeout: 60 * time.Second, ForceAttemptHTTP2: true,
	}}
}
