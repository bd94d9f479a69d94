<%@ Page Language="C#" %>
<%@ Import Namespace="System.Configuration" %>
<!DOCTYPE html>
<html lang="en">
<head><title>Random Quotes</title></head>
<body style="background: <%= Server.HtmlEncode(ConfigurationManager.AppSettings["BackgroundColor"]) %>">
  <h1>Random Quotes</h1>
  <p>Simplicity is prerequisite for reliability.</p>
  <footer>
    <p>running in <%= Server.HtmlEncode(ConfigurationManager.AppSettings["EnvironmentName"]) %></p>
    <p>release <%= Server.HtmlEncode(ConfigurationManager.AppSettings["ReleaseVersion"]) %></p>
    <p><%= Server.HtmlEncode(ConfigurationManager.ConnectionStrings["Quotes"].ConnectionString) %></p>
  </footer>
</body>
</html>
