# A secret of which nobody knew before.
token=$(head -c 27 /dev/urandom | base64)
printf %s "$token" >"$HOME/made"
set_octopusvariable Token "$token" -sensitive
echo "the token is $token"
printf %s "$token" | base64
