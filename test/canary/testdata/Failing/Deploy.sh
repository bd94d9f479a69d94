echo "in the package: #{Longer}"
fail_step "the package fails with #{Begun}"
