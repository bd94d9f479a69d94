//go:build lambda.norpc

package carried

import "embed"

// A function takes the programs out of the bucket, so its build has their hashes
// only: the smaller it is, the sooner it starts. The pattern names `hashes` and
// the placeholder, one of which is there in every checkout.
//
//go:embed files/[.h]*
var embedded embed.FS
