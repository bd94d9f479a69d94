package rest

import "slipway/runner/views"

// Held is the status of a deployment of which something stored cannot be read.
const Held = views.Held
