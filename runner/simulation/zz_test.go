package simulation
import ("testing";"strings")
func TestZZ(t *testing.T){
 w:=longTutorial(Brief)
 for _,o:=range sweep(t.Context(),w,Brief,Fault{Kind:down,Wait:1200e9}) { o.Trace=true; o.broken=&broken{sure:true}
  r:=Run(t.Context(),w,o)
  tr:=strings.Join(r.Trace,"\n")
  i:=strings.Index(tr,"<== down"); if i<0 {continue}
  if !strings.Contains(tr[max(0,i-90):i],"dispatch done"){continue}
  t.Log(r.Broken); n:=strings.Count(tr[:i],"\n"); ls:=strings.Split(tr,"\n"); 
  k:=0
  for _,l:=range ls[n-3:] { if strings.Contains(l,"host step"){continue}; t.Log(l); if k++;k>70 {break} }
  return
 }
}
