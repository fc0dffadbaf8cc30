var a=(r=>(r.Auto="auto",r.Vertical="vertical",r.Horizontal="horizontal",r))(a||{});export{a as V};
