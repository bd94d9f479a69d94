# frozen_string_literal: true

# Two workers behind a socket that lies inside the release's own folder: releases and environments never meet.
root = __dir__

working_directory root
worker_processes 2
timeout 30
# The master loads the application once for all workers: a worker that is told to end while it still loads often misses that.
preload_app true

listen File.join(root, 'tmp/sockets/unicorn.sock'), backlog: 64
pid File.join(root, 'tmp/pids/unicorn.pid')
stdout_path File.join(root, 'log/unicorn.stdout.log')
stderr_path File.join(root, 'log/unicorn.stderr.log')
