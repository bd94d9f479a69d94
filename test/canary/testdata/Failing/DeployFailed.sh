echo "cleaning up after: $(get_octopusvariable OctopusLastError)"
echo "with #{Longer}"
