module quotawall

go 1.26
