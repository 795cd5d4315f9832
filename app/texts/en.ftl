app-front = Front page
app-welcome = Those who have lived it know something
app-what = Here peer-driven centres gather the experience of people who have used a service, make it into findings that can be traced, and see to it that the service answers.
app-hello = Hello, { $name }
app-nothing-yet = There is nothing for you here yet. The person who invited you can tell you what happens next.
app-to-me = To my page
