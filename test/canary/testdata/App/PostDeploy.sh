echo "the package says #{Longer}"
get_octopusvariable Special; echo
