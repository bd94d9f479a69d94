# frozen_string_literal: true

require 'json'
require 'sinatra/base'

# Random Quotes answers with one quote at a time and says which environment it runs in.
# Pages, styles and scripts are plain files below public/; a web server in front may serve them itself.
class RandomQuotes < Sinatra::Base
  HERE = __dir__

  def self.lines(*path)
    File.readlines(File.join(HERE, *path), chomp: true, encoding: 'UTF-8').reject(&:empty?)
  end

  # Line n of authors.txt said line n of quotes.txt.
  QUOTES = lines('quotes.txt').zip(lines('authors.txt')).freeze
  VERSION = lines('..', 'VERSION').first.freeze

  set :public_folder, File.join(HERE, 'public')
  set :static, true
  # Quotes are for everybody. The check compares Referer with Host, which is another one behind a proxy that does not pass it on.
  set :protection, except: :json_csrf

  get('/') { send_file File.join(settings.public_folder, 'index.html') }

  get '/api/quote' do
    quote, author = QUOTES.sample
    content_type :json, charset: 'utf-8'
    cache_control :no_store
    JSON.generate(quote: quote, author: author, appVersion: VERSION, environmentName: ENV.fetch('RACK_ENV', 'unknown'))
  end
end
