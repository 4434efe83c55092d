from jobtop import main

main()
