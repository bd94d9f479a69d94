//go:build !lambda.norpc

package carried

import "embed"

//go:embed all:files
var embedded embed.FS
